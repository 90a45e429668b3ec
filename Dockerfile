# One image for the worker, the sandbox and the command line. An application run from its checkout: no wheel is built.
FROM python:3.11-slim

ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1

WORKDIR /app

# pg_dump and pg_restore, for `starter.py records backup` and `restore`.
RUN apt-get update && apt-get install --yes --no-install-recommends postgresql-client && rm -rf /var/lib/apt/lists/*
# The lock first: a change of code then leaves the layer of libraries alone.
COPY requirements.lock ./
RUN pip install --require-hashes -r requirements.lock

COPY . .

# Not root; /data is what has to outlive the container.
RUN groupadd --system --gid 10001 claimline \
 && useradd --system --uid 10001 --gid 10001 --home-dir /app claimline \
 && install -d -o claimline -g claimline /data
USER claimline
VOLUME /data

CMD ["python", "worker.py"]
