"""What people look at: diffs and self-contained HTML pages made from values; reads nothing, decides nothing."""
