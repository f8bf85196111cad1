# One image for all processes; compose.yaml runs the Procfile's lines from it.
FROM python:3.13-slim

ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
WORKDIR /app
RUN useradd --system --uid 10001 gamesched
COPY requirements.txt .
RUN pip install --no-cache-dir --require-hashes -r requirements.txt
COPY . .
# Collecting the static files needs settings, not secrets: these values never leave this step.
RUN SECRET_KEY=build-only-build-only-build-only-build-only-build-only \
    SITE_URL=http://localhost ALLOWED_HOSTS=localhost \
    DATABASE_URL=postgres://none@none/none REDIS_URL=redis://none \
    DISCORD_BOT_TOKEN=none DISCORD_CLIENT_ID=1 DISCORD_CLIENT_SECRET=none \
    python manage.py collectstatic --noinput
USER gamesched
EXPOSE 8000
ENV PORT=8000
CMD ["bin/process", "web"]
