import { CustomResource, Duration, Fn, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import * as amazonmq from 'aws-cdk-lib/aws-amazonmq';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as secrets from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import type { Artifacts } from './artifacts.ts';
import type { Broker } from './broker.ts';
import type { AwsConfig } from './config.ts';
import { zipFunction } from './functions.ts';
import { grantRotation, grantTopology } from './grants.ts';
import { LONGEST_DELIVERY_SECONDS } from './limits.ts';
import type { NetworkStack } from './network-stack.ts';

const USERNAME = 'reelight';
/**
 * https://docs.aws.amazon.com/amazon-mq/latest/developer-guide/configurable-values.html: the second is about queues that
 * are declared again with other arguments, which Amazon MQ by itself lets pass.
 */
const SETTINGS = `consumer_timeout = ${LONGEST_DELIVERY_SECONDS * 1_000}
quorum_queue.property_equivalence.relaxed_checks_on_redeclaration = false
`;
/** A broker that has just been made answers within seconds; in between, the function goes on trying. */
const DECLARE_TIMEOUT = Duration.minutes(3);

export interface BrokerStackProps extends StackProps {
  config: AwsConfig;
  network: NetworkStack;
  artifacts: Artifacts;
}

/**
 * RabbitMQ on Amazon MQ, by TLS only: one instance or a cluster of three, the login in Secrets Manager, changed by
 * schedule, and the queues.
 *
 * The queues are declared while the stack is deployed, by the same `ensureTopology` that workers and functions call
 * whenever they connect. Those would do by themselves, if it were not for two things: the mapping that polls the metadata
 * queue (workers-stack.ts) fails where there is none; and a version whose queues have other arguments than those on the
 * broker is refused here, before it has replaced anything, instead of by every worker after.
 */
export class BrokerStack extends Stack implements Broker {
  readonly url: string;
  readonly secretArn: string;
  readonly brokerArn: string;
  readonly brokerName: string;

  constructor(scope: Construct, id: string, props: BrokerStackProps) {
    super(scope, id, props);
    const { config, network, artifacts } = props;
    const secret = new secrets.Secret(this, 'Login', {
      description: `The login of ${config.name}'s broker`,
      generateSecretString: {
        secretStringTemplate: JSON.stringify({ username: USERNAME }),
        generateStringKey: 'password',
        passwordLength: 40,
        // Amazon MQ forbids some of it, and 40 letters and digits are enough.
        excludePunctuation: true,
      },
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const broker = this.broker(config, network, secret);
    this.url = Fn.select(0, broker.attrAmqpEndpoints);
    this.secretArn = secret.secretArn;
    this.brokerArn = broker.attrArn;
    this.brokerName = broker.brokerName;

    const functionOf = (id: string, name: 'topology' | 'rotate', timeout: Duration, description: string) =>
      zipFunction(this, id, config, artifacts.zip(name), {
        description,
        memorySize: 512,
        timeout,
        environment: { BROKER_URL: this.url, BROKER_SECRET_ARN: this.secretArn },
        inside: network.inside,
      });
    const topology = functionOf('Topology', 'topology', DECLARE_TIMEOUT, 'Declares the queues when this is deployed');
    grantTopology(topology, this.secretArn);
    this.queues(topology);
    const rotate = functionOf('Rotate', 'rotate', Duration.minutes(1), "Gives the broker's user another password");
    grantRotation(rotate, this.secretArn);
    this.rotate(rotate, secret, config);
  }

  private broker(config: AwsConfig, { vpc, subnets, inside }: NetworkStack, secret: secrets.Secret) {
    const cluster = config.brokerNodes === 3;
    const configuration = new amazonmq.CfnConfiguration(this, 'Configuration', {
      name: `${config.name}-${config.brokerVersion.replace('.', '-')}`,
      engineType: 'RABBITMQ',
      engineVersion: config.brokerVersion,
      data: Fn.base64(SETTINGS),
    });
    const { subnetIds } = vpc.selectSubnets(subnets);
    return new amazonmq.CfnBroker(this, 'Broker', {
      brokerName: config.name,
      engineType: 'RABBITMQ',
      engineVersion: config.brokerVersion,
      hostInstanceType: config.brokerInstance,
      deploymentMode: cluster ? 'CLUSTER_MULTI_AZ' : 'SINGLE_INSTANCE',
      configuration: { id: configuration.attrId, revision: configuration.attrRevision },
      // At rest, with a key of AWS's own; in transit by TLS, for which there is no setting: it speaks nothing else.
      encryptionOptions: { useAwsOwnedKey: true },
      autoMinorVersionUpgrade: true,
      maintenanceWindowStartTime: { dayOfWeek: 'SUNDAY', timeOfDay: '03:00', timeZone: 'UTC' },
      publiclyAccessible: !inside,
      // A public broker has no security group: what is before it is TLS and the login.
      ...(inside && {
        subnetIds: cluster ? subnetIds : subnetIds.slice(0, 1),
        securityGroups: [inside.broker.securityGroupId],
      }),
      users: [{ username: USERNAME, password: secret.secretValueFromJson('password').unsafeUnwrap() }],
    });
  }

  /** Again with each change of the function, which brings what it declares. */
  private queues(topology: lambda.Function): void {
    const { code } = topology.node.defaultChild as lambda.CfnFunction;
    const { s3Key } = code as lambda.CfnFunction.CodeProperty;
    new CustomResource(this, 'Queues', {
      resourceType: 'Custom::ReelightQueues',
      serviceToken: topology.functionArn,
      // So much longer than the function's own that its answer comes first.
      serviceTimeout: DECLARE_TIMEOUT.plus(Duration.minutes(1)),
      properties: { Version: s3Key ?? 'inline' },
    }).node.addDependency(topology);
  }

  private rotate(rotate: lambda.Function, secret: secrets.Secret, { rotationDays }: AwsConfig): void {
    rotate.addPermission('SecretsManager', {
      principal: new iam.ServicePrincipal('secretsmanager.amazonaws.com'),
      sourceAccount: this.account,
      sourceArn: secret.secretArn,
    });
    const schedule = new secrets.CfnRotationSchedule(this, 'Rotation', {
      secretId: secret.secretArn,
      rotationLambdaArn: rotate.functionArn,
      rotationRules: { scheduleExpression: `rate(${rotationDays} ${rotationDays === 1 ? 'day' : 'days'})` },
      // The first password is as good as another: not while everything else is being made.
      rotateImmediatelyOnUpdate: false,
    });
    schedule.node.addDependency(rotate);
  }
}
