"""torch.utils.deterministic."""

fill_uninitialized_memory = True  # memory that nobody has written holds zeros here
