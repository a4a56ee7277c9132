"""Where records come from: each module brings raw records and says where each one stood."""
