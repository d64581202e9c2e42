"""What the library has beside PyTorch's names."""
