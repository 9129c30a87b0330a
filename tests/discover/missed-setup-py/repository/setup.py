from setuptools import setup

setup(name="mailer", version="1.0", install_requires=["openai>=1", "requests"])
