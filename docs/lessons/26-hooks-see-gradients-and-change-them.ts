import * as torch from "tidu";

const w = torch.tensor([1, 2, 3], { requires_grad: true });
const h = w.mul(2);
const handle = h.register_hook((grad) => {
  console.log("at h:", grad);
  return grad.clamp({ max: 8 });
});
w.register_hook((grad) => console.log("at w:", grad));
w.register_post_accumulate_grad_hook((p) => console.log("filled:", p.grad));

h.pow(2).sum().backward({ retain_graph: true });
handle.remove();
h.pow(2).sum().backward();

torch.ones(2).register_hook((grad) => grad);
