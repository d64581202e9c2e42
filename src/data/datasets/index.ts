// Datasets that come with the library or are read from files, as torchvision.datasets.
export { Digits } from "./digits.ts";
export { FashionMNIST, MNIST } from "./mnist.ts";
