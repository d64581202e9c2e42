import math
import random
from collections import deque, namedtuple
import torch
import torch.nn as nn


class GridWorld:
    ACTIONS = [(0, 1), (1, 0), (0, -1), (-1, 0)]

    def __init__(self, size=4):
        self.size = size
        self.state = (0, 0)
        self.steps = 0

    def reset(self):
        self.state = (0, 0)
        self.steps = 0
        return self._obs()

    def _obs(self):
        x = torch.zeros(self.size * self.size)
        x[self.state[0] * self.size + self.state[1]] = 1.0
        return x

    def step(self, action):
        dr, dc = self.ACTIONS[action]
        r = min(max(self.state[0] + dr, 0), self.size - 1)
        c = min(max(self.state[1] + dc, 0), self.size - 1)
        self.state = (r, c)
        self.steps += 1
        done = self.state == (self.size - 1, self.size - 1) or self.steps >= 20
        reward = 1.0 if r == self.size - 1 and c == self.size - 1 else -0.05
        return self._obs(), reward, done

    @property
    def n_actions(self):
        return len(self.ACTIONS)

    def __repr__(self):
        return f"GridWorld(size={self.size}, state={self.state})"


class Policy(nn.Module):
    def __init__(self, n_in, n_out):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(n_in, 16), nn.Tanh(), nn.Linear(16, n_out))
        self.saved_log_probs = []
        self.rewards = []

    def forward(self, x):
        return torch.softmax(self.net(x), dim=-1)


torch.manual_seed(3)
random.seed(3)
env = GridWorld()
policy = Policy(16, env.n_actions)
optimizer = torch.optim.Adam(policy.parameters(), lr=1e-2)
gamma = 0.95
eps = 1e-8
running = None
for episode in range(6):
    state, ep_reward = env.reset(), 0
    while True:
        probs = policy(state)
        m = torch.distributions.Categorical(probs)
        action = m.sample()
        policy.saved_log_probs.append(m.log_prob(action))
        state, reward, done = env.step(action.item())
        policy.rewards.append(reward)
        ep_reward += reward
        if done:
            break
    R = 0
    returns = deque()
    for r in policy.rewards[::-1]:
        R = r + gamma * R
        returns.appendleft(R)
    returns = torch.tensor(list(returns))
    returns = (returns - returns.mean()) / (returns.std() + eps)
    policy_loss = []
    for log_prob, G in zip(policy.saved_log_probs, returns):
        policy_loss.append(-log_prob * G)
    optimizer.zero_grad()
    loss = torch.stack(policy_loss).sum()
    loss.backward()
    optimizer.step()
    running = ep_reward if running is None else 0.9 * running + 0.1 * ep_reward
    print(f"episode {episode}: steps {env.steps:2d} reward {ep_reward:+.2f} running {running:.3f} {env}")
    del policy.rewards[:]
    del policy.saved_log_probs[:]
print(random.randint(0, 10), random.choice(["a", "b", "c"]), round(random.random(), 6))
print(math.floor(-2.5), -7 // 2, -7 % 3, 7 % -3, 2 ** 10, 10 / 4, 1e-7, 1e16, 100000.0)
