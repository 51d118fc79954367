import { Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/**
 * Says why a rule of cdk-nag's AWS Solutions pack does not hold of a construct and all that is below it.
 * https://github.com/cdklabs/cdk-nag/blob/main/RULES.md
 *
 * @param rule the rule, of IAM5 with the finding in brackets, where `…` stands for how a resource's ARN begins
 */
export function acknowledge(construct: IConstruct, rule: `AwsSolutions-${string}`, reason: string): void {
  Validations.of(construct).acknowledge({ id: rule, reason });
}
