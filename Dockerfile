# The server alone: core and [serve], no torch. docker build -t tenfold . && docker run --rm --read-only -p 8000:8000 tenfold
FROM python:3.12-slim AS build
WORKDIR /build
COPY pyproject.toml locks/serve.txt README.md LICENSE ./
COPY src ./src
RUN python -m venv /opt/tenfold \
 && /opt/tenfold/bin/pip install --no-cache-dir --require-hashes --requirement serve.txt \
 && /opt/tenfold/bin/pip install --no-cache-dir --no-deps .

FROM python:3.12-slim
COPY --from=build /opt/tenfold /opt/tenfold
ENV TENFOLD_SERVE_HOST=0.0.0.0 \
    PYTHONDONTWRITEBYTECODE=1 \
    TMPDIR=/dev/shm \
    OMP_NUM_THREADS=1
USER 10001:10001
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s \
  CMD ["/opt/tenfold/bin/python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/healthz', timeout=2)"]
ENTRYPOINT ["/opt/tenfold/bin/tenfold", "serve"]
