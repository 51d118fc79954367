import { Stack, type StackProps } from 'aws-cdk-lib';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as route53 from 'aws-cdk-lib/aws-route53';
import * as waf from 'aws-cdk-lib/aws-wafv2';
import type { Construct } from 'constructs';
import type { AwsConfig } from './config.ts';

export interface EdgeStackProps extends StackProps {
  config: AwsConfig;
}

/** Whether there is anything for the stack to hold. */
export function hasEdge({ firewall, hostedZoneId }: AwsConfig): boolean {
  return firewall || hostedZoneId !== undefined;
}

/** What CloudFront looks for in us-east-1, wherever the rest is: the firewall, and the certificate of an own domain. */
export class EdgeStack extends Stack {
  readonly webAclArn: string | undefined;
  readonly certificateArn: string | undefined;

  constructor(scope: Construct, id: string, props: EdgeStackProps) {
    super(scope, id, props);
    const { config } = props;
    this.webAclArn = config.firewall ? this.firewall(config).attrArn : undefined;
    this.certificateArn = this.certificate(config)?.certificateArn;
  }

  /** Valid once the zone has the records that prove that it is ours, which it gets by itself. */
  private certificate({ domainName, hostedZoneId, hostedZoneName }: AwsConfig): acm.Certificate | undefined {
    if (!domainName || !hostedZoneId || !hostedZoneName) return undefined;
    const zone = route53.HostedZone.fromHostedZoneAttributes(this, 'Zone', { hostedZoneId, zoneName: hostedZoneName });
    return new acm.Certificate(this, 'Certificate', {
      domainName,
      validation: acm.CertificateValidation.fromDns(zone),
    });
  }

  /**
   * A rate for each address, AWS's list of addresses with a bad name, and its rules against common attacks. Sources go
   * straight to S3, past it; what passes are calls, and forms of some megabytes, whose bytes are no text to look for
   * attacks in: rules that read bodies only count. So does the one against clients that do not say what they are, as
   * those of WebSockets outside browsers.
   */
  private firewall({ name, requestsPerFiveMinutes }: AwsConfig): waf.CfnWebACL {
    const seen = (metric: string) => ({
      cloudWatchMetricsEnabled: true,
      metricName: `${name}-${metric}`,
      sampledRequestsEnabled: true,
    });
    const managed = (priority: number, rules: string, countOnly: string[] = []): waf.CfnWebACL.RuleProperty => ({
      name: rules,
      priority,
      overrideAction: { none: {} },
      statement: {
        managedRuleGroupStatement: {
          vendorName: 'AWS',
          name: rules,
          ...(countOnly.length > 0 && {
            ruleActionOverrides: countOnly.map((rule) => ({ name: rule, actionToUse: { count: {} } })),
          }),
        },
      },
      visibilityConfig: seen(rules),
    });
    return new waf.CfnWebACL(this, 'Firewall', {
      name,
      scope: 'CLOUDFRONT',
      defaultAction: { allow: {} },
      rules: [
        {
          name: 'RatePerAddress',
          priority: 0,
          action: {
            block: {
              customResponse: {
                responseCode: 429,
                customResponseBodyKey: 'TooMany',
                responseHeaders: [{ name: 'Retry-After', value: String(WINDOW_SECONDS) }],
              },
            },
          },
          statement: {
            rateBasedStatement: {
              aggregateKeyType: 'IP',
              limit: requestsPerFiveMinutes,
              evaluationWindowSec: WINDOW_SECONDS,
            },
          },
          visibilityConfig: seen('RatePerAddress'),
        },
        managed(1, 'AWSManagedRulesAmazonIpReputationList'),
        managed(2, 'AWSManagedRulesKnownBadInputsRuleSet'),
        managed(3, 'AWSManagedRulesCommonRuleSet', COUNTED),
      ],
      customResponseBodies: { TooMany: { contentType: 'APPLICATION_JSON', content: JSON.stringify(TOO_MANY) } },
      visibilityConfig: seen('all'),
    });
  }
}

/** https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-baseline.html */
const COUNTED = [
  'NoUserAgent_HEADER',
  'SizeRestrictions_BODY',
  'EC2MetaDataSSRF_BODY',
  'GenericLFI_BODY',
  'GenericRFI_BODY',
  'CrossSiteScripting_BODY',
];

const WINDOW_SECONDS = 300;

/** As the API says it, but for the type, of which WAF knows only this one for JSON. */
const TOO_MANY = {
  type: 'about:blank',
  title: 'Too Many Requests',
  status: 429,
  detail: 'This address has asked for too much within five minutes. Wait, and try again.',
  code: 'too_many_requests',
};
