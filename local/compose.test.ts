import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { COMPOSE_FILE } from './docker.ts';
import { RABBITMQ_IMAGE } from './services/broker.ts';

interface Service {
  image?: string;
  build?: { dockerfile_inline: string };
  environment: Record<string, string>;
  ports?: string[];
  network_mode?: string;
  volumes: string[];
  healthcheck: { test: string[] };
}

const file: { services: Record<string, Service>; volumes: Record<string, unknown> } = parse(
  readFileSync(COMPOSE_FILE, 'utf8'),
);
const { emulator, rabbitmq } = file.services;

it('runs the emulator version that the Python environment has', () => {
  const requirements = readFileSync(new URL('requirements.txt', import.meta.url), 'utf8');
  const version = /^ministack==(.+)$/m.exec(requirements)?.[1];
  expect(emulator?.build?.dockerfile_inline).toContain(
    `FROM \${REELIGHT_EMULATOR_IMAGE:-ministackorg/ministack:${version}}`,
  );
});

it('runs the RabbitMQ that is used where only that is in Docker', () => {
  expect(rabbitmq?.image).toBe(RABBITMQ_IMAGE);
});

it('publishes on loopback only, and the same ports inside and outside', () => {
  const ports = Object.values(file.services).flatMap((service) => service.ports ?? []);
  expect(ports).toHaveLength(2);
  for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:(\$\{\w+:-\d+\}):\1$/);
  expect(rabbitmq?.network_mode).toBe('service:emulator');
});

it('enforces IAM and keeps state in volumes that exist', () => {
  expect(emulator?.environment).toMatchObject({ AUTH: 'true', PERSIST_STATE: '1', S3_PERSIST: '1' });
  for (const service of Object.values(file.services)) {
    expect(service.healthcheck.test[0]).toBe('CMD');
    for (const volume of service.volumes) expect(file.volumes).toHaveProperty([volume.split(':')[0] ?? '']);
  }
});

it('has no password of its own', () => {
  expect(rabbitmq?.environment.RABBITMQ_DEFAULT_PASS).toMatch(/^\$\{REELIGHT_BROKER_PASSWORD:\?/);
});
