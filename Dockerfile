# The page, served by gunicorn; the same image also collects:
#
#     docker build -t training-dashboard .
#     docker run --read-only --tmpfs /tmp -p 127.0.0.1:8050:8050 -v state:/state training-dashboard
#     docker run --read-only --tmpfs /tmp -v /srv/training:/workspace:ro -v state:/state --no-healthcheck \
#         training-dashboard python -m collectors watch
#
# Everything is set by environment: TRAINING_DASHBOARD_<OPTION> (TRUSTED_HOSTS, URL_PREFIX, FRAME_ANCESTORS, ...),
# WEB_CONCURRENCY (workers), GUNICORN_CMD_ARGS. Both containers share the folder /state and nothing else.

FROM python:3.13-slim-bookworm AS build
WORKDIR /src
COPY pyproject.toml README.md ./
COPY collectors collectors
COPY dash_app dash_app
COPY assets assets
# The environment has no pip of its own; the builder's installs into it and stays behind.
RUN python -m venv --without-pip /opt/dashboard \
 && python -m pip --python /opt/dashboard/bin/python install --no-cache-dir '.[server]'

FROM python:3.13-slim-bookworm
LABEL org.opencontainers.image.title="Training Dashboard" \
      org.opencontainers.image.description="Is this training run ready to release, and if not, why not?"
RUN python -m pip uninstall --yes --quiet --root-user-action=ignore pip \
 && rm -rf /usr/local/lib/python3.13/ensurepip \
 && mkdir /workspace /state \
 && chown 10001:10001 /state
COPY --from=build /opt/dashboard /opt/dashboard
ENV PATH=/opt/dashboard/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    TRAINING_DASHBOARD_WORKSPACE=/workspace \
    TRAINING_DASHBOARD_STATE_DIR=/state \
    TRAINING_DASHBOARD_HOST=0.0.0.0 \
    TRAINING_DASHBOARD_TRUSTED_HOSTS=localhost
WORKDIR /workspace
VOLUME /state
USER 10001:10001
EXPOSE 8050
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8050/healthz', timeout=4)"]
CMD ["gunicorn", "--config", "python:dash_app.gunicorn_conf", "--bind", "0.0.0.0:8050", "dash_app.server:create_server()"]
