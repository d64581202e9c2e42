# What every program here begins with: t prints what a function gives, or the error in one line; warnings are printed, too.
import torch, sys, warnings
from torch import nn
import torch.nn.functional as F

def shown(message, category, *args, **options):
    print("WARN", f"{category.__name__}:", str(message).split(" (Triggered internally")[0].split("\n")[0])

def t(f):
    try: print(f())
    except Exception as e: print("ERR", type(e).__name__, str(e).split("\n")[0])

warnings.simplefilter("always")
warnings.showwarning = shown
