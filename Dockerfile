# The gateway, with pt-online-schema-change: docker build -t inception .
FROM python:3.13-slim-bookworm AS build
WORKDIR /src
COPY pyproject.toml README.md LICENSE ./
COPY inception inception
RUN pip wheel --no-cache-dir --wheel-dir /wheels .

FROM python:3.13-slim-bookworm
# Debian's security updates are wanted, so no version is pinned.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends percona-toolkit \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /var/lib/inception --create-home inception
# Nothing is fetched: the wheels are at hand, their versions are pinned in pyproject.toml.
# hadolint ignore=DL3013,DL3042
RUN --mount=type=bind,from=build,source=/wheels,target=/wheels \
    pip install --no-index --find-links /wheels inception-sql
USER 10001
VOLUME /var/lib/inception
EXPOSE 6669 9669
ENTRYPOINT ["inception"]
CMD ["serve", "--config=/etc/inception/inception.yaml", "--state-directory=/var/lib/inception"]
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:9669/readyz', timeout=4)"]
STOPSIGNAL SIGTERM
