# The page, served by gunicorn; the same image also collects:
#
#     docker build -t training-dashboard .
#     docker run --read-only --tmpfs /tmp -v /srv/training:/workspace:ro -v state:/state -p 127.0.0.1:8050:8050 \
#         training-dashboard
#     docker run --read-only --tmpfs /tmp -v /srv/training:/workspace:ro -v state:/state --no-healthcheck \
#         training-dashboard python -m collectors watch
#
# Everything is set by environment: TRAINING_DASHBOARD_<OPTION> (TRUSTED_HOSTS, URL_PREFIX, FRAME_ANCESTORS, ...),
# WEB_CONCURRENCY (workers), GUNICORN_CMD_ARGS. Both containers share the folder /state; the page reads the training
# only for previews.
# docs/deploy.md has the rest: compose, proxies, who may read the training's files.

FROM python:3.13-slim-bookworm AS build
WORKDIR /src
COPY pyproject.toml README.md ./
COPY .ci/constraints.txt .ci/
COPY collectors collectors
COPY dash_app dash_app
COPY assets assets
# The environment has no pip of its own; the builder's installs into it and stays behind.
RUN python -m venv --without-pip /opt/dashboard \
 && python -m pip --python /opt/dashboard/bin/python install --no-cache-dir -c .ci/constraints.txt '.[server]'

FROM python:3.13-slim-bookworm
ARG VERSION=0.1.0
ARG REVISION=unknown
ARG SOURCE=unknown
LABEL org.opencontainers.image.title="Training Dashboard" \
      org.opencontainers.image.description="Is this training run ready to release, and if not, why not?" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION" \
      org.opencontainers.image.source="$SOURCE" \
      org.opencontainers.image.base.name="docker.io/library/python:3.13-slim-bookworm"
# The base image comes without compiled modules, and a user who may write nowhere would compile them at every start.
RUN python -m pip uninstall --yes --quiet --root-user-action=ignore pip \
 && rm -rf /usr/local/lib/python3.13/ensurepip \
 && python -m compileall -q -x '/(idlelib|site-packages|test|tests|tkinter|turtledemo)/' /usr/local/lib/python3.13 \
 && mkdir /workspace /state \
 && chown 10001:10001 /state
COPY --from=build /opt/dashboard /opt/dashboard
ENV PATH=/opt/dashboard/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    WEB_CONCURRENCY=2 \
    TRAINING_DASHBOARD_WORKSPACE=/workspace \
    TRAINING_DASHBOARD_STATE_DIR=/state \
    TRAINING_DASHBOARD_HOST=0.0.0.0 \
    TRAINING_DASHBOARD_TRUSTED_HOSTS=localhost
# Not the workspace: `python -m` and gunicorn import from where they start, and nothing there is ever run.
WORKDIR /opt/dashboard
VOLUME /state
USER 10001:10001
EXPOSE 8050
STOPSIGNAL SIGTERM
# Without urllib, which would ask a proxy that the environment names.
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
    CMD ["python", "-IS", "-c", "from http.client import HTTPConnection as To; to = To('127.0.0.1', 8050, timeout=4); to.request('GET', '/healthz'); raise SystemExit(to.getresponse().status != 200)"]
CMD ["gunicorn", "--config", "python:dash_app.gunicorn_conf", "--bind", "0.0.0.0:8050", "dash_app.server:create_server()"]
