"""Lets the Rucio extension of JupyterLab fill variables of a notebook with the paths of attached data sets."""

c = get_config()  # noqa: F821
c.IPKernelApp.extensions = ["rucio_jupyterlab.kernels.ipython"]
