import { RemovalPolicy } from 'aws-cdk-lib';
import * as secrets from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import type { AwsConfig } from './config.ts';
import { edgeSecretName, signingSecretName } from './names.ts';

/**
 * It gives no right: it only proves that a request came past the firewall. So it may stand in the configuration of the
 * distribution and of two functions, where whoever may read these can read it.
 */
export function originSecret(scope: Construct, config: AwsConfig): secrets.Secret {
  const secret = new secrets.Secret(scope, `OriginSecret${config.edgeSecret}`, {
    secretName: edgeSecretName(config),
    description: `What ${config.name}'s distribution adds to requests to its APIs`,
    generateSecretString: { passwordLength: 64, excludePunctuation: true },
    removalPolicy: RemovalPolicy.DESTROY,
  });
  acknowledge(secret, 'AwsSolutions-SMG4', 'Both of its ends read it at deployment: it is changed by deploying.');
  return secret;
}

/** For the key that files are signed out with. The construct library fills it with what is no key, and nobody reads. */
export function signingSecret(scope: Construct, { name }: AwsConfig): secrets.Secret {
  const secret = new secrets.Secret(scope, 'SigningSecret', {
    secretName: signingSecretName({ name }),
    description: `What ${name} signs files out with`,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  acknowledge(secret, 'AwsSolutions-SMG4', 'CloudFront has to learn of another key: it is replaced by deploying.');
  return secret;
}
