import importlib
import inspect

import torch

def argument(p):
    default = "" if p.default is p.empty else "=" + (repr(p.default) if type(p.default) in (type(None), bool, int, float, str, tuple, list, dict, torch.Size) else "...")
    return {p.VAR_POSITIONAL: "*", p.VAR_KEYWORD: "**"}.get(p.kind, "") + p.name + default

def signature(f):
    """The arguments without types; those that go by name in the order of the alphabet."""
    given = list(inspect.signature(f).parameters.values())
    named = sorted(argument(p) for p in given if p.kind is p.KEYWORD_ONLY)
    placed = [argument(p) for p in given if p.kind not in (p.KEYWORD_ONLY, p.VAR_KEYWORD)]
    last = [argument(p) for p in given if p.kind is p.VAR_KEYWORD]
    return ", ".join([*placed, *(["; by name:", *named] if named else []), *last])

def owner(f):
    """The class whose constructor it is, where that has arguments of its own."""
    told = inspect.isclass(f) and issubclass(f, (torch.nn.Module, torch.distributions.Distribution, torch.distributions.Transform))
    return f.__init__.__qualname__ if told and "args" not in inspect.signature(f).parameters else ""

def show(space, names):
    for name in names.split():
        f = getattr(importlib.import_module(space), name)
        print(name, "takes", signature(f), owner(f))

nn, D = torch.nn, torch.distributions

# What has other arguments here, and why.
KNOWN = {
    "PyTorch's warns of its name first, and takes anything": 'torch.nn.NLLLoss2d',
    'bases that are nothing by themselves here': 'torch.nn.RNNBase torch.nn.RNNCellBase',
    "PyTorch's take anything and look at return_indices then": 'torch.nn.functional.adaptive_max_pool1d torch.nn.functional.adaptive_max_pool2d torch.nn.functional.adaptive_max_pool3d torch.nn.functional.fractional_max_pool2d torch.nn.functional.fractional_max_pool3d torch.nn.functional.max_pool1d torch.nn.functional.max_pool2d torch.nn.functional.max_pool3d',
    'operators, which give indices always': 'torch.nn.functional.max_pool1d_with_indices torch.nn.functional.max_pool2d_with_indices torch.nn.functional.max_pool3d_with_indices',
    'the same function as torch.softmax, whose dtype goes by name': 'torch.nn.functional.softmax torch.nn.functional.log_softmax torch.nn.functional.softmin',
    'takes out, as all operators do, without a word of it': 'torch.nn.functional.normalize',
    'foreach, which changes nothing here, goes by name: options stand in groups in the order of the signature': 'torch.optim.Adadelta torch.optim.Adagrad torch.optim.Adamax',
    'older programs give it their data': 'torch.utils.data.Sampler',
    'the generator is looked up when it runs': 'torch.utils.data.random_split',
    'signatures have no word for a pair of floats': 'torch.distributions.ContinuousBernoulli',
    "preserve_rng_state is one of PyTorch's **kwargs": 'torch.utils.checkpoint.checkpoint',
    "operators with these names, for which torch.functional's are other words": 'torch.functional.cdist torch.functional.norm torch.functional.split torch.functional.tensordot',
    "PyTorch's take anything and look at what they shall give": 'torch.functional.lu torch.functional.unique torch.functional.unique_consecutive',
}
# --- arguments that layers and distributions refuse
def t(f):
    try: print(f())
    except Exception as e: print(type(e).__name__, str(e))

t(lambda: nn.Linear()); t(lambda: nn.Linear(3, 4, x=3)); t(lambda: nn.Dropout(0.1, False, 3)); t(lambda: nn.MSELoss(None, None, "sum", 6)); t(lambda: nn.GRUCell(3)); t(lambda: nn.MaxPool2d(window=2))
t(lambda: nn.BatchNorm2d()); t(lambda: nn.LazyBatchNorm2d(features=3)); t(lambda: nn.UpsamplingNearest2d(mode="nearest")); t(lambda: nn.Sigmoid(3)); t(lambda: nn.LSTM(3)); t(lambda: nn.ReLU(x=True))
t(lambda: D.Normal(0)); t(lambda: D.Normal(0, 1, 2, 3)); t(lambda: D.Beta(1.0, 2.0, foo=3)); t(lambda: D.ExpTransform(3, 4)); t(lambda: D.AffineTransform(0)); t(lambda: D.Independent(base=3))
x = torch.ones(2, requires_grad=True); t(lambda: torch.autograd.grad(x.sum(), [x, torch.ones(1, requires_grad=True)], None, None, False, True, True))
# --- numbers are kept and shown as they were given
for layer in (nn.LeakyReLU(1), nn.LeakyReLU(0.5), nn.Softplus(2, 3.5), nn.Hardtanh(-2, 2.0), nn.Dropout(0), nn.Embedding(3, 4, max_norm=1), nn.Threshold(1, 20), nn.ELU(2), nn.LayerNorm(3, eps=1), nn.Softshrink(1), nn.CELU(inplace=True, alpha=3), nn.AlphaDropout(p=1), nn.LPPool2d(2, 3), nn.PairwiseDistance(1), nn.MaxPool1d(2, padding=1), nn.Upsample(scale_factor=2), nn.GroupNorm(1, 2, eps=0.5), nn.LocalResponseNorm(2, alpha=1)):
    print(layer)
print(nn.ELU(2).alpha, nn.ELU().alpha, nn.PReLU(init=1).init, nn.CosineEmbeddingLoss(1).margin, nn.MarginRankingLoss().margin, nn.HuberLoss(delta=2).delta, nn.MultiMarginLoss().p, nn.TripletMarginLoss(p=1).p, nn.SmoothL1Loss(beta=2).beta, nn.BatchNorm1d(2, momentum=1).momentum)
# --- arguments of torch.nn
show('torch.nn', """AdaptiveAvgPool1d AdaptiveAvgPool2d AdaptiveAvgPool3d AdaptiveLogSoftmaxWithLoss AdaptiveMaxPool1d AdaptiveMaxPool2d
AdaptiveMaxPool3d AlphaDropout AvgPool1d AvgPool2d AvgPool3d BCELoss BCEWithLogitsLoss BatchNorm1d BatchNorm2d
BatchNorm3d Bilinear Buffer CELU CTCLoss ChannelShuffle CircularPad1d CircularPad2d CircularPad3d ConstantPad1d
ConstantPad2d ConstantPad3d Conv1d Conv2d Conv3d ConvTranspose1d ConvTranspose2d ConvTranspose3d CosineEmbeddingLoss
CosineSimilarity CrossEntropyLoss CrossMapLRN2d DataParallel Dropout Dropout1d Dropout2d Dropout3d ELU Embedding
EmbeddingBag FeatureAlphaDropout Flatten Fold FractionalMaxPool2d FractionalMaxPool3d GELU GLU GRU GRUCell
GaussianNLLLoss GroupNorm Hardshrink Hardsigmoid Hardswish Hardtanh HingeEmbeddingLoss HuberLoss Identity
InstanceNorm1d InstanceNorm2d InstanceNorm3d KLDivLoss L1Loss LPPool1d LPPool2d LPPool3d LSTM LSTMCell LayerNorm
LazyBatchNorm1d LazyBatchNorm2d LazyBatchNorm3d LazyConv1d LazyConv2d LazyConv3d LazyConvTranspose1d
LazyConvTranspose2d LazyConvTranspose3d LazyInstanceNorm1d LazyInstanceNorm2d LazyInstanceNorm3d LazyLinear LeakyReLU
Linear LinearCrossEntropyLoss LocalResponseNorm LogSigmoid LogSoftmax MSELoss MarginRankingLoss MaxPool1d MaxPool2d
MaxPool3d MaxUnpool1d MaxUnpool2d MaxUnpool3d Mish Module ModuleDict ModuleList MultiLabelMarginLoss
MultiLabelSoftMarginLoss MultiMarginLoss MultiheadAttention NLLLoss PReLU PairwiseDistance Parameter ParameterDict
ParameterList PixelShuffle PixelUnshuffle PoissonNLLLoss RMSNorm RNN RNNCell RReLU ReLU ReLU6 ReflectionPad1d
ReflectionPad2d ReflectionPad3d ReplicationPad1d ReplicationPad2d ReplicationPad3d SELU Sequential SiLU Sigmoid
SmoothL1Loss SoftMarginLoss Softmax Softmax2d Softmin Softplus Softshrink Softsign SyncBatchNorm Tanh Tanhshrink
Threshold Transformer TransformerDecoder TransformerDecoderLayer TransformerEncoder TransformerEncoderLayer
TripletMarginLoss TripletMarginWithDistanceLoss Unflatten Unfold UninitializedBuffer UninitializedParameter Upsample
UpsamplingBilinear2d UpsamplingNearest2d ZeroPad1d ZeroPad2d ZeroPad3d""")
# --- arguments of torch.nn.functional
show('torch.nn.functional', """adaptive_avg_pool2d adaptive_avg_pool3d affine_grid alpha_dropout batch_norm binary_cross_entropy
binary_cross_entropy_with_logits celu cosine_embedding_loss cross_entropy ctc_loss dropout dropout1d dropout2d
dropout3d elu embedding embedding_bag feature_alpha_dropout fold gaussian_nll_loss glu grid_sample group_norm
gumbel_softmax hardsigmoid hardswish hardtanh hinge_embedding_loss huber_loss instance_norm interpolate kl_div l1_loss
layer_norm leaky_relu linear_cross_entropy local_response_norm lp_pool1d lp_pool2d lp_pool3d margin_ranking_loss
max_unpool1d max_unpool2d max_unpool3d mish mse_loss multi_head_attention_forward multi_margin_loss
multilabel_margin_loss multilabel_soft_margin_loss nll_loss pad poisson_nll_loss relu relu6 rms_norm rrelu selu
sigmoid silu smooth_l1_loss soft_margin_loss softsign tanh tanhshrink threshold triplet_margin_loss
triplet_margin_with_distance_loss unfold upsample upsample_bilinear upsample_nearest""")
# --- arguments of torch.nn.init
show('torch.nn.init', """calculate_gain constant constant_ dirac dirac_ eye eye_ kaiming_normal kaiming_normal_ kaiming_uniform
kaiming_uniform_ normal normal_ ones_ orthogonal orthogonal_ sparse sparse_ trunc_normal_ uniform uniform_
xavier_normal xavier_normal_ xavier_uniform xavier_uniform_ zeros_""")
# --- arguments of torch.nn.utils
show('torch.nn.utils', """clip_grad_norm clip_grad_norm_ clip_grad_value_ clip_grads_with_norm_ convert_conv2d_weight_memory_format
convert_conv3d_weight_memory_format fuse_conv_bn_eval fuse_conv_bn_weights fuse_linear_bn_eval fuse_linear_bn_weights
get_total_norm parameters_to_vector remove_spectral_norm remove_weight_norm skip_init spectral_norm
vector_to_parameters weight_norm""")
# --- arguments of torch.nn.utils.rnn
show('torch.nn.utils.rnn', """PackedSequence invert_permutation pack_padded_sequence pack_sequence pad_packed_sequence pad_sequence unpack_sequence
unpad_sequence""")
# --- arguments of torch.optim
show('torch.optim', """ASGD Adafactor Adam AdamW LBFGS Muon NAdam Optimizer RAdam RMSprop Rprop SGD SparseAdam""")
# --- arguments of torch.optim.lr_scheduler
show('torch.optim.lr_scheduler', """ChainedScheduler ConstantLR CosineAnnealingLR CosineAnnealingWarmRestarts CyclicLR ExponentialLR LRScheduler LambdaLR
LinearLR MultiStepLR MultiplicativeLR OneCycleLR PolynomialLR ReduceLROnPlateau SequentialLR StepLR""")
# --- arguments of torch.optim.swa_utils
show('torch.optim.swa_utils', """AveragedModel Module SWALR get_ema_avg_fn get_ema_multi_avg_fn get_swa_avg_fn get_swa_multi_avg_fn update_bn""")
# --- arguments of torch.utils.data
show('torch.utils.data', """BatchSampler ChainDataset ConcatDataset DataLoader Dataset DistributedSampler IterableDataset RandomSampler
SequentialSampler StackDataset Subset SubsetRandomSampler TensorDataset WeightedRandomSampler default_collate
default_convert get_worker_info""")
# --- arguments of torch.distributions
show('torch.distributions', """AbsTransform AffineTransform Bernoulli Beta Binomial CatTransform Categorical Cauchy Chi2 ComposeTransform
CorrCholeskyTransform CumulativeDistributionTransform Dirichlet Distribution ExpTransform Exponential
ExponentialFamily FisherSnedecor Gamma GeneralizedPareto Geometric Gumbel HalfCauchy HalfNormal Independent
IndependentTransform InverseGamma Kumaraswamy LKJCholesky Laplace LogNormal LogisticNormal LowRankMultivariateNormal
LowerCholeskyTransform MixtureSameFamily Multinomial MultivariateNormal NegativeBinomial Normal OneHotCategorical
OneHotCategoricalStraightThrough Pareto Poisson PositiveDefiniteTransform PowerTransform RelaxedBernoulli
RelaxedOneHotCategorical ReshapeTransform SigmoidTransform SoftmaxTransform SoftplusTransform StackTransform
StickBreakingTransform StudentT TanhTransform Transform TransformedDistribution Uniform VonMises Weibull Wishart
biject_to identity_transform kl_divergence register_kl transform_to""")
# --- arguments of torch.func
show('torch.func', """debug_unwrap functional_call functionalize grad grad_and_value hessian jacfwd jacrev jvp linearize
replace_all_batch_norm_modules_ stack_module_state vjp vmap""")
# --- arguments of torch.autograd.functional
show('torch.autograd.functional', """hessian hvp jacobian jvp vhp vjp""")
# --- arguments of torch.nn.utils.parametrize
show('torch.nn.utils.parametrize', """Module ModuleDict ModuleList Parameter ParametrizationList cached is_parametrized register_parametrization
remove_parametrizations transfer_parametrizations_and_params type_before_parametrizations""")
# --- arguments of torch.nn.utils.parametrizations
show('torch.nn.utils.parametrizations', """Module orthogonal spectral_norm weight_norm""")
# --- arguments of torch.nn.utils.prune
show('torch.nn.utils.prune', """BasePruningMethod CustomFromMask Identity L1Unstructured LnStructured PruningContainer RandomStructured
RandomUnstructured custom_from_mask global_unstructured identity is_pruned l1_unstructured ln_structured
random_structured random_unstructured remove""")
# --- arguments of torch.utils.checkpoint
show('torch.utils.checkpoint', """check_backward_validity checkpoint_sequential detach_variable noop_context_fn set_checkpoint_early_stop""")
# --- arguments of torch.amp
show('torch.amp', """GradScaler autocast custom_bwd custom_fwd is_autocast_available""")
# --- arguments of torch.functional
show('torch.functional', """atleast_1d atleast_2d atleast_3d block_diag broadcast_shapes broadcast_tensors cartesian_prod chain_matmul einsum
meshgrid pca_lowrank stft svd_lowrank unravel_index""")
# --- arguments of torch.testing
show('torch.testing', """assert_allclose assert_close make_tensor""")
# --- arguments of torch.autograd
show('torch.autograd', """backward grad enable_grad set_grad_enabled inference_mode set_detect_anomaly gradcheck gradgradcheck""")
