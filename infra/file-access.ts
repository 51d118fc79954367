import { CustomResource, Duration, type Stack } from 'aws-cdk-lib';
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type { Artifacts } from './artifacts.ts';
import type { AwsConfig } from './config.ts';
import { zipFunction } from './functions.ts';
import { grantSigningKey } from './grants.ts';

/** How long making a key pair and writing it down may take. */
const TIMEOUT = Duration.minutes(1);

/**
 * The key pair that says who may have which file. A function makes it while this is deployed: its private half goes into
 * Secrets Manager and nowhere else, its public half to CloudFront. The API signs with it from the moment that CloudFront
 * knows it and the address is known.
 */
export class FileAccess {
  readonly keyGroup: cloudfront.KeyGroup;
  private readonly key: cloudfront.PublicKey;
  private readonly maker: lambda.Function;
  private readonly generation: string;
  private readonly stack: Stack;

  constructor(
    stack: Stack,
    { config, artifacts, secretArn }: { config: AwsConfig; artifacts: Artifacts; secretArn: string },
  ) {
    this.stack = stack;
    this.generation = String(config.signingKey);
    this.maker = zipFunction(stack, 'SigningKey', config, artifacts.zip('signing-key'), {
      description: 'Makes the key pair that files are signed out with',
      memorySize: 512,
      timeout: TIMEOUT,
      environment: { SIGNING_SECRET_ARN: secretArn },
    });
    grantSigningKey(this.maker, secretArn);
    const pair = this.custom(`KeyPair${this.generation}`, 'Custom::ReelightKeyPair', {});
    // Each generation is a resource of its own: CloudFront's cannot become another key.
    this.key = new cloudfront.PublicKey(stack, `Key${this.generation}`, {
      encodedKey: pair.getAttString('PublicKey'),
      comment: `${config.name}: who may have which file`,
    });
    this.keyGroup = new cloudfront.KeyGroup(stack, 'Keys', { items: [this.key as cloudfront.IPublicKey] });
  }

  /** @param address where the files are, once there is a distribution */
  signFor(address: string): void {
    this.custom('Signing', 'Custom::ReelightSigning', { KeyPairId: this.key.publicKeyId, Address: address });
  }

  private custom(id: string, resourceType: string, properties: Record<string, string>): CustomResource {
    const resource = new CustomResource(this.stack, id, {
      resourceType,
      serviceToken: this.maker.functionArn,
      serviceTimeout: TIMEOUT.plus(Duration.minutes(1)),
      properties: { Generation: this.generation, ...properties },
    });
    resource.node.addDependency(this.maker);
    return resource;
  }
}
