import { Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { IConstruct } from 'constructs';

/**
 * What cdk-nag's AWS Solutions pack finds in an application that has been synthesized, but for what is acknowledged beside
 * the construct: `rule at path`. The pack takes acknowledgements to the letter, and generated names are in many of them;
 * so `…` in one stands for how an ARN begins.
 */
export function nagFindings(app: IConstruct): string[] {
  const { violations } = new AwsSolutionsChecks().validateScope(app);
  return violations
    .flatMap(({ ruleName, violatingResources }) =>
      violatingResources.map(({ constructPath }) => ({ rule: ruleName, path: constructPath ?? '' })),
    )
    .filter(({ rule, path }) => !acknowledgedAt(app, path).some((known) => covers(known, rule)))
    .map(({ rule, path }) => `${rule} at ${path}`);
}

/** The reasons given anywhere in the application, by rule. */
export function acknowledgements(app: IConstruct): [rule: string, reason: string][] {
  return app.node.findAll().flatMap(own);
}

function acknowledgedAt(app: IConstruct, path: string): string[] {
  const construct = app.node.findAll().find(({ node }) => node.path === path);
  return (construct?.node.scopes ?? []).flatMap((scope) => own(scope).map(([rule]) => rule));
}

function own({ node }: IConstruct): [string, string][] {
  return node.metadata
    .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
    .flatMap(({ data }) => Object.entries(data as Record<string, string>))
    .map(([rule, reason]) => [rule.replace(/^annotation::/i, ''), reason]);
}

function covers(acknowledged: string, rule: string): boolean {
  const [before = '', after] = acknowledged.split('…');
  if (after === undefined) return acknowledged === rule;
  return rule.startsWith(before) && rule.endsWith(after) && rule.length >= before.length + after.length;
}
