import * as torch from "tidu";

// A bigint makes an int64 tensor, as a whole number does in Python. (A plain 1 would make a float32 one.)
torch.tensor(1n, { requires_grad: true });
