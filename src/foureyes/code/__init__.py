"""What syntax trees know: languages, symbols, references, does it parse."""
