"""Sources of tables: the data contract, its checks, mappings and the example."""
