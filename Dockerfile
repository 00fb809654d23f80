# Build: docker build -t countersign .
# Run:   settings at /config/countersign.yml, secrets in the environment, `store: /data/countersign.db`.
#        To be sure of the base image, name it by its digest, as "docker pull node:24-slim" prints it:
#        docker build --build-arg NODE_IMAGE=node:24-slim@sha256:… -t countersign .
ARG NODE_IMAGE=node:24-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY tsconfig.json ./
COPY .ci/copy-page.mjs .ci/
COPY src src
# The image has no demo, so it needs neither that nor the simulators.
RUN npm run build && rm -rf dist/sandbox && npm prune --omit=dev
RUN mkdir bin data && chmod +x dist/main.js && ln -s ../dist/main.js bin/countersign

FROM ${NODE_IMAGE}
ENV NODE_ENV=production
ENV PATH=/app/bin:$PATH
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY --from=build /app/bin bin
COPY --from=build --chown=node:node /app/data /data
USER node
VOLUME /data
# Requests from outside, where something needs them; probes ask on 9464, inside the container unless told otherwise.
EXPOSE 3000
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:9464/healthz').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "dist/main.js", "start", "--config", "/config/countersign.yml"]
