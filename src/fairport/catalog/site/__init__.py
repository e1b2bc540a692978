"""Making the site: what is rendered anew, in which processes, and how it is put in its place."""
