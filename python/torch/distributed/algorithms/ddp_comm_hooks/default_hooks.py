"""The library's own hooks; `DistributedDataParallel.register_comm_hook` knows them by name."""


def _named(name, doc):
    def hook(state, bucket):
        raise RuntimeError(f"{name} is given to register_comm_hook, which runs it")

    hook.__name__ = hook.__qualname__ = hook._own = name
    hook.__doc__ = doc
    return hook


allreduce_hook = _named("allreduce_hook", "The mean, as without a hook.")
fp16_compress_hook = _named("fp16_compress_hook", "Gradients as float16 on their way.")
bf16_compress_hook = _named("bf16_compress_hook", "Gradients as bfloat16 on their way.")
