# Two stages: the first builds the wheel with what the lock pins, the second holds only what the bot runs with.
FROM python:3.13-slim AS build

ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /src
COPY requirements.lock ./
# The build backend is in the second part of the lock, so this stage installs all of it, checked by hash.
RUN pip install --require-hashes --no-deps -r requirements.lock
RUN python -m venv /opt/hugops \
    && sed '/^# --- below this line/,$d' requirements.lock > runtime.lock \
    && /opt/hugops/bin/pip install --require-hashes --no-deps -r runtime.lock
COPY pyproject.toml README.md LICENSE ./
COPY bot ./bot
COPY cogs ./cogs
RUN python -m hatchling build -t wheel -d /dist \
    && /opt/hugops/bin/pip install --no-deps --no-index /dist/*.whl

FROM python:3.13-slim

RUN useradd --system --uid 10001 --user-group --no-create-home hugops \
    && install -d -o hugops -g hugops /data
COPY --from=build /opt/hugops /opt/hugops
ENV PATH=/opt/hugops/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    HUGOPS_DATABASE_URL=sqlite+aiosqlite:////data/hugops.db \
    HUGOPS_MEDIA_URL=/data/media \
    HUGOPS_HTTP_PORT=8081
USER hugops
WORKDIR /data
VOLUME ["/data"]
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8081/healthz', timeout=4)"]
# SIGTERM reaches the bot itself, which then finishes the running call and leaves.
ENTRYPOINT ["hugops"]
CMD ["run"]
