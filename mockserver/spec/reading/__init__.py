"""From files to one normal form: YAML or JSON, one file or many, 2.0 or 3.x, made OpenAPI 3.1 and held to its rules."""
