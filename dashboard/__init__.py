"""The screen: everything that imports Streamlit. It reads the view, asks the core, and draws."""
