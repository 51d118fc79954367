import { DEFAULT_SOURCE_LIMITS } from '../../core/source-limits.ts';
import { DEFAULT_MAX_UPLOAD } from '../../core/upload-plan.ts';
import { createApp } from '../../lambdas/api/app.ts';
import reelight from '../../package.json' with { type: 'json' };

/** The OpenAPI document, as the running API answers it. No route is called but that one, so there is nothing behind it. */
export async function openApi(): Promise<OpenApi> {
  const nothing = new Proxy({}, { get: () => undefined });
  const settings = {
    version: reelight.version,
    maxUpload: DEFAULT_MAX_UPLOAD,
    source: DEFAULT_SOURCE_LIMITS,
    signIn: false,
  };
  const app = createApp(nothing as Parameters<typeof createApp>[0], settings);
  return (await (await app.request('/openapi.json')).json()) as OpenApi;
}

/** The part of it that is read here. */
export interface OpenApi {
  info: { title: string; version: string; description: string };
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, unknown> };
}

export interface Operation {
  operationId: string;
  tags: string[];
  summary?: string;
  description?: string;
  parameters?: { name: string; in: string; required?: boolean; description?: string; schema?: unknown }[];
  requestBody?: { content: Record<string, { schema: unknown }> };
  responses: Record<string, { description: string; content?: Record<string, Body> }>;
}

export interface Body {
  schema: unknown;
  examples?: Record<string, { value: unknown }>;
}
