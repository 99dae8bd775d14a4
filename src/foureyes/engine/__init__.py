"""The stages of a review: values in, values out."""
