// Elements for the host without waiting: for devices that compute while the program goes on, and pages that may not wait.
import { getDevice } from "../../devices/registry.ts";
import { transferredAsync } from "../../dispatch/transfer.ts";
import { Tensor } from "../../tensor/tensor.ts";

declare module "../../tensor/tensor.ts" {
  interface Tensor {
    /**
     * A copy on the CPU, outside the graph, once the device has made the elements; the program may go on meanwhile. What is
     * written to this tensor after the call is not in it. Rejects with NotImplementedError on meta.
     * @example await torch.ones(2).mul(3).cpu_async() // tensor([3., 3.])
     */
    cpu_async(): Promise<Tensor>;
    /**
     * The value of a tensor of one element, as {@link item}, without waiting for the device. Rejects with RuntimeError for
     * any other tensor.
     * @example await torch.ones(2).sum().item_async() // 2
     */
    item_async(): Promise<number>;
  }
}
Tensor.prototype.cpu_async = function () {
  return transferredAsync(this.detach(), getDevice("cpu"));
};
Tensor.prototype.item_async = async function () {
  // Whoever has not one element hears so before anything is fetched.
  return (this.numel() === 1 && !this.is_meta ? await this.cpu_async() : this).item();
};
