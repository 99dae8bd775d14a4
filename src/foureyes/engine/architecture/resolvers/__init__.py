"""From an import as written to the file or folder it means, one module for each family of languages."""
