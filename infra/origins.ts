import { Fn, SecretValue } from 'aws-cdk-lib';
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import { HttpOrigin, OriginGroup, S3BucketOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { ApiStack } from './api-stack.ts';
import type { AwsConfig } from './config.ts';
import type { DataStack } from './data-stack.ts';
import { edgeSecretName } from './names.ts';
import type { Behavior, OriginName } from './routes.ts';

/** Proves that a request came through the distribution; lambdas/through-edge.ts looks for it. */
export const EDGE_HEADER = 'x-reelight-edge';

/** What the route table's names stand for. */
export function originsFor(scope: Construct, config: AwsConfig, data: DataStack, api: ApiStack) {
  const control = new cloudfront.S3OriginAccessControl(scope, 'BucketAccess', {
    description: 'Signs what is asked of the buckets',
    signing: cloudfront.Signing.SIGV4_ALWAYS,
  });
  // The buckets' own policies let the distribution in: see grantCloudFront.
  const bucket = (of: IBucket) =>
    S3BucketOrigin.withBucketDefaults(of, { originAccessControlId: control.originAccessControlId });
  // By its name: an export could not be replaced while it is in use here.
  const secret = SecretValue.secretsManager(edgeSecretName(config)).unsafeUnwrap();
  const gateway = (endpoint: string, originPath?: string) =>
    new HttpOrigin(Fn.select(2, Fn.split('/', endpoint)), {
      ...(originPath && { originPath }),
      customHeaders: { [EDGE_HEADER]: secret },
      protocolPolicy: cloudfront.OriginProtocolPolicy.HTTPS_ONLY,
      originSslProtocols: [cloudfront.OriginSslPolicy.TLS_V1_2],
    });
  const origins: Record<OriginName, cloudfront.IOrigin> = {
    api: gateway(api.http.apiEndpoint),
    socket: gateway(api.socket.api.apiEndpoint, `/${api.socket.stageName}`),
    files: bucket(data.files as IBucket),
    site: bucket(data.site as IBucket),
  };
  const groups = new Map<string, cloudfront.IOrigin>();

  /** The origin of a behavior, with what it falls over to. Behaviors with the same share one group. */
  return ({ origin, fallback }: Pick<Behavior, 'origin' | 'fallback'>): cloudfront.IOrigin => {
    if (!fallback) return origins[origin];
    const key = `${origin} ${fallback.origin} ${fallback.on}`;
    const group =
      groups.get(key) ??
      new OriginGroup({
        primaryOrigin: origins[origin],
        fallbackOrigin: origins[fallback.origin],
        fallbackStatusCodes: [...fallback.on],
      });
    groups.set(key, group);
    return group;
  };
}
