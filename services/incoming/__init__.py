"""What providers tell us, checked for who says it and translated into our words."""
