# A machine on which `make demo` and `make test` run: docker build -t spikelut . && docker run --rm spikelut
FROM python:3.12-slim-bookworm
RUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev make git && rm -rf /var/lib/apt/lists/*
WORKDIR /spikelut
COPY . .
# The CPU build of torch; for a GPU, build with --build-arg TORCH_INDEX=
ARG TORCH_INDEX=https://download.pytorch.org/whl/cpu
RUN make install TORCH_INDEX=$TORCH_INDEX
CMD ["make", "demo"]
