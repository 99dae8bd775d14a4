"""Changes as frozen values: parsing unified diffs, line maps, anchors."""
