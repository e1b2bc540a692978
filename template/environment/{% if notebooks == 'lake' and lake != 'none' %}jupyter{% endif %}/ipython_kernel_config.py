"""Lets the Rucio extension of JupyterLab put the paths of attached data sets into variables."""

c = get_config()  # noqa: F821
c.IPKernelApp.extensions = ["rucio_jupyterlab.kernels.ipython"]
