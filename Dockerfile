# Both commands and the entry point, in a slim Python image. docs/operations.md tells how to run it.
#
#   docker build -t underpaint .
#   docker build -t underpaint --build-arg BASE_IMAGE=python:3.14-slim .
#
# All that is installed comes from wheels whose hashes are locked; nothing is compiled here.
ARG BASE_IMAGE=python:3.13-slim

FROM ${BASE_IMAGE} AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ONLY_BINARY=:all:
WORKDIR /build
COPY requirements/build.txt requirements/runtime.txt requirements/
RUN python3 -m venv tools \
    && tools/bin/pip install --quiet --require-hashes -r requirements/build.txt \
    && python3 -m venv --without-pip /opt/underpaint \
    && tools/bin/pip --python /opt/underpaint/bin/python install --quiet --require-hashes \
        -r requirements/runtime.txt
COPY pyproject.toml README.md LICENSE ./
COPY common common
COPY client client
COPY server server
RUN tools/bin/hatchling build -t wheel -d wheels \
    && tools/bin/pip --python /opt/underpaint/bin/python install --quiet --no-deps --no-index \
        wheels/*.whl \
    # Test suites that some wheels bring along: a seventh of the whole, and never run here.
    && find /opt/underpaint \( -name tests -path '*/numpy/*' -o -name SelfTest \) -type d -prune \
        -exec rm -r {} +

FROM ${BASE_IMAGE}
LABEL org.opencontainers.image.title="underpaint" \
    org.opencontainers.image.description="Images within images, delivered and found again" \
    org.opencontainers.image.licenses="MIT"
# State, covers, and the demo's meeting place belong to a user who may do nothing else.
RUN groupadd --gid 7741 underpaint \
    && useradd --uid 7741 --gid 7741 --no-create-home --home-dir /var/lib/underpaint \
        --shell /usr/sbin/nologin underpaint \
    && install -d -m 0700 -o underpaint -g underpaint /var/lib/underpaint /exchange \
    && install -d -m 0755 -o underpaint -g underpaint /covers
COPY --from=build /opt/underpaint /opt/underpaint
COPY config/container /opt/underpaint/container
ENV PATH=/opt/underpaint/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    UNDERPAINTD_CONFIG=/var/lib/underpaint/server.yaml \
    UNDERPAINT_CONFIG=/var/lib/underpaint/client.yaml \
    UNDERPAINT_IDENTITY=/var/lib/underpaint/client.key \
    UNDERPAINT_STATE=/var/lib/underpaint/client
USER underpaint
WORKDIR /covers
VOLUME ["/var/lib/underpaint", "/covers"]
EXPOSE 7741
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "/opt/underpaint/container/health.py"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["python", "/opt/underpaint/container/entry.py"]
CMD ["serve"]
