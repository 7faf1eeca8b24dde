# The image docker-compose.yml builds. Its commands are those of a build by hand; no test builds the image itself.
FROM node:22-bookworm-slim AS viewer
WORKDIR /src/viewer
COPY viewer/package.json viewer/package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY viewer ./
RUN npm run build

FROM rust:1.95-bookworm AS build
RUN apt-get update && apt-get install --yes --no-install-recommends cmake && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
COPY --from=viewer /src/viewer/dist viewer/dist
RUN cargo build --release --locked --package lightcase

FROM debian:bookworm-slim
RUN apt-get update && apt-get install --yes --no-install-recommends ca-certificates && rm -rf /var/lib/apt/lists/* \
    && useradd --system --user-group lightcase && install --directory --owner lightcase --group lightcase --mode 700 /data
COPY --from=build /src/target/release/lightcase /usr/local/bin/lightcase
USER lightcase
VOLUME /data
EXPOSE 8080 11112
ENTRYPOINT []
CMD ["lightcase", "serve", "--data-dir", "/data"]
