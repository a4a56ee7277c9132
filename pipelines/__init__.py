"""The core: records in, figures out. Imports neither Streamlit nor Altair."""
