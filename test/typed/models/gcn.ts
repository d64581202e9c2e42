// A graph convolutional network on a dense adjacency matrix.
import { einsum, eye, nn, rand, randn } from "tidu/typed";
import type { Tensor } from "tidu/typed";

const F = nn.functional;

class GraphConv extends nn.Module {
  lin1 = new nn.Linear(10, 16);
  lin2 = new nn.Linear(16, 4);
  forward(x: Tensor<["V", 10], "float32">, adj: Tensor<["V", "V"], "float32">) {
    const degree = adj.sum(1, { keepdim: true });
    const norm = adj.div(degree);
    const h = norm.mm(this.lin1(x)).relu();
    const y = norm.mm(this.lin2(F.dropout(h, 0.5)));
    return y.log_softmax(1);
  }
}
class GraphAttention extends nn.Module {
  proj = new nn.Linear(10, 24);
  left = new nn.Parameter(randn(3, 8));
  right = new nn.Parameter(randn(3, 8));
  forward(x: Tensor<["V", 10], "float32">, adj: Tensor<["V", "V"], "float32">) {
    const [V] = x.shape;
    const h = this.proj(x).view(V, 3, 8);
    const l = einsum("vhd,hd->hv", h, this.left);
    const r = einsum("vhd,hd->hv", h, this.right);
    const e = F.leaky_relu(l.unsqueeze(2).add(r.unsqueeze(1)), 0.2);
    const a = e.masked_fill(adj.eq(0), -1e9).softmax(-1);
    return einsum("huv,vhd->uhd", a, h).reshape(V, 24);
  }
}
export function run() {
  const adj = rand(12, 12).gt(0.7).float().add(eye(12));
  const x = randn(12, 10);
  const y = new GraphConv()(x, adj);
  const z = new GraphAttention()(x, adj);
  return [y, z, y.index([[0, 3, 5]])];
}
