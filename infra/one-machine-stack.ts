import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { ApiStack } from './api-stack.ts';
import type { EmulatorConfig } from './config.ts';
import type { DataStack } from './data-stack.ts';
import { grantBridge, grantEdge, grantEnhancer, grantOperator } from './grants.ts';

export interface OneMachineStackProps extends StackProps {
  config: EmulatorConfig;
  data: DataStack;
  api: ApiStack;
}

/**
 * Roles for what runs as plain processes on one machine and as services in AWS: the workers, the edge, and the bridge
 * that stands in for the event source mapping. So they have the rights they would have there, and no others.
 */
export class OneMachineStack extends Stack {
  constructor(scope: Construct, id: string, props: OneMachineStackProps) {
    super(scope, id, props);
    const { config, data, api } = props;
    const { secretArn } = api.broker;
    const enhancer = this.role('Enhancer', 'an enhancer worker');
    grantEnhancer(enhancer, { ...data, brokerSecretArn: secretArn });
    grantEdge(this.role('Edge', 'the edge'), data.files, data.site);
    grantBridge(this.role('Bridge', 'the metadata bridge'), api.metadata.functionArn, secretArn);
    grantOperator(this.role('Operator', 'whoever looks after it'), { ...data, brokerSecretArn: secretArn });
    // In the last stack, so that it stands for all of them.
    if (config.fingerprint) new CfnOutput(this, 'Fingerprint', { value: config.fingerprint });
  }

  private role(name: string, who: string): iam.Role {
    const role = new iam.Role(this, `${name}Role`, {
      assumedBy: new iam.AccountRootPrincipal(),
      description: `What ${who} of ${this.stackName} may do`,
    });
    new CfnOutput(this, `${name}RoleArn`, { value: role.roleArn });
    return role;
  }
}
