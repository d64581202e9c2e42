// A generator that never learns: its samples were detached.
import * as torch from "tidu";
import { nn } from "tidu";

torch.manual_seed(0);
const generator = new nn.Linear(2, 2);
const critic = new nn.Linear(2, 1);
const fake = generator(torch.randn(4, 2));

// Right for the critic's step, which must leave the generator alone.
critic(fake.detach()).mean().backward();
console.log("critic:", critic.weight.grad);

// Wrong for the generator's own step: nothing comes through. Way out: critic(fake).
critic(fake.detach()).mean().neg().backward();
console.log("generator:", generator.weight.grad);
