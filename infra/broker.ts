import { CfnParameter, type Stack } from 'aws-cdk-lib';
import type { EmulatorConfig } from './config.ts';

/** The RabbitMQ broker that tasks travel through. */
export interface Broker {
  /** `amqps://host:port/vhost`, without credentials. */
  url: string;
  /** A Secrets Manager secret: JSON with `username` and `password`. */
  secretArn: string;
}

/**
 * One machine's broker, from the settings (`-c brokerUrl=… -c brokerSecretArn=…`). Without them the template asks for it
 * by two parameters that have no default: a deployment that names no broker is refused before it starts.
 */
export function brokerFor(stack: Stack, config: EmulatorConfig): Broker {
  if (config.broker) return config.broker;
  const url = new CfnParameter(stack, 'BrokerUrl', {
    description: 'The RabbitMQ broker: amqps://host:port/vhost, without user and password',
    allowedPattern: '^amqps?://[^@]+$',
    constraintDescription: 'must be amqps://host:port/vhost, without user and password',
  });
  const secretArn = new CfnParameter(stack, 'BrokerCredentialsArn', {
    description: 'The Secrets Manager secret with the broker\'s "username" and "password", as JSON',
    allowedPattern: '^arn:[^:]+:secretsmanager:[^:]+:[0-9]{12}:secret:.+$',
    constraintDescription: 'must be the ARN of a Secrets Manager secret',
  });
  return { url: url.valueAsString, secretArn: secretArn.valueAsString };
}
