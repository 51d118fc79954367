import { CfnOutput, Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as route53 from 'aws-cdk-lib/aws-route53';
import { CloudFrontTarget } from 'aws-cdk-lib/aws-route53-targets';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { BucketDeployment, CacheControl, Source } from 'aws-cdk-lib/aws-s3-deployment';
import type { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import type { ApiStack } from './api-stack.ts';
import type { Artifacts, Site } from './artifacts.ts';
import { type BehaviorsProps, behaviorsOf } from './behaviors.ts';
import type { AwsConfig } from './config.ts';
import type { DataStack } from './data-stack.ts';
import { DOCS_CACHE_CONTROL } from './docs-assets.ts';
import { FileAccess } from './file-access.ts';
import type { IdentityStack } from './identity-stack.ts';
import type { SignIn } from './issuer.ts';
import { originsFor } from './origins.ts';
import { HTML_CACHE_CONTROL, SCRIPT_CACHE_CONTROL } from './page.ts';
import { tellPageAddress } from './page-address.ts';

export interface DeliveryStackProps extends StackProps {
  config: AwsConfig;
  data: DataStack;
  api: ApiStack;
  artifacts: Artifacts;
  /** Who signs people in, where they have to; and what was made for that, if it was. */
  signIn: SignIn | undefined;
  identity: IdentityStack | undefined;
  /** From us-east-1, where CloudFront looks for them. */
  edge: { webAclArn: string | undefined; certificateArn: string | undefined };
}

/**
 * One address for everything: CloudFront before the page, both APIs and the files, by the route table. S3 answers ranges,
 * of which CloudFront keeps what was asked for; the buckets and the APIs answer nobody else.
 */
export class DeliveryStack extends Stack {
  readonly distribution: cloudfront.Distribution;

  constructor(scope: Construct, id: string, props: DeliveryStackProps) {
    super(scope, id, props);
    const { config, data, api, artifacts, signIn, identity } = props;
    const { signingSecret } = api;
    const access = signingSecret && new FileAccess(this, { config, artifacts, secretArn: signingSecret.secretArn });
    this.distribution = this.distribute(props, signIn && access && { ...signIn, keyGroup: access.keyGroup });
    this.name(config);
    this.publish(artifacts.site(), data, signIn);

    const address = `https://${config.domainName ?? this.distribution.distributionDomainName}`;
    access?.signFor(address);
    if (identity && !config.domainName) tellPageAddress(this, config, identity, address);
    new CfnOutput(this, 'Address', { value: address, description: 'Where Reelight is' });
    new CfnOutput(this, 'DistributionId', { value: this.distribution.distributionId });
    this.addStackDependency(api);
  }

  private distribute(
    { config, data, api, edge }: DeliveryStackProps,
    signIn: BehaviorsProps['signIn'],
  ): cloudfront.Distribution {
    const { name, allowedOrigins, domainName } = config;
    const distribution = new cloudfront.Distribution(this, 'Distribution', {
      comment: `${name}: page, APIs and files`,
      ...behaviorsOf(this, { name, allowedOrigins, originOf: originsFor(this, config, data, api), signIn }),
      errorResponses: KEPT_ERRORS.map((httpStatus) => ({ httpStatus, ttl: Duration.seconds(0) })),
      httpVersion: cloudfront.HttpVersion.HTTP2_AND_3,
      priceClass: PRICE_CLASSES[config.priceClass],
      ...(edge.webAclArn && { webAclId: edge.webAclArn }),
      ...(domainName &&
        edge.certificateArn && {
          domainNames: [domainName],
          certificate: acm.Certificate.fromCertificateArn(this, 'Certificate', edge.certificateArn),
          minimumProtocolVersion: cloudfront.SecurityPolicyProtocol.TLS_V1_2_2021,
        }),
      ...(data.accessLogs && { logBucket: data.accessLogs, logFilePrefix: 'cloudfront/' }),
    });
    acknowledge(distribution, 'AwsSolutions-CFR1', 'Reelight has nothing to do with where people are.');
    if (!config.firewall) acknowledge(distribution, 'AwsSolutions-CFR2', 'The firewall is off by setting (firewall).');
    if (!config.accessLogs)
      acknowledge(distribution, 'AwsSolutions-CFR3', 'Access logs are off by setting (accessLogs).');
    if (!domainName) {
      const reason = "CloudFront's own certificate comes with its own choice of protocols; domainName brings TLS 1.2.";
      acknowledge(distribution, 'AwsSolutions-CFR4', reason);
    }
    return distribution;
  }

  /** With a hosted zone, the domain leads here by itself; with a certificate of yours, its records are yours to set. */
  private name({ domainName, hostedZoneId, hostedZoneName }: AwsConfig): void {
    if (!domainName || !hostedZoneId || !hostedZoneName) return;
    const zone = route53.HostedZone.fromHostedZoneAttributes(this, 'Zone', { hostedZoneId, zoneName: hostedZoneName });
    const target = route53.RecordTarget.fromAlias(new CloudFrontTarget(this.distribution));
    new route53.ARecord(this, 'Ipv4', { zone, recordName: domainName, target });
    new route53.AaaaRecord(this, 'Ipv6', { zone, recordName: domainName, target });
  }

  /** The static files; the one that names the others last. What an older page names stays for whoever has that open. */
  private publish(site: Site, data: DataStack, signIn: SignIn | undefined): void {
    const logGroup = new logs.LogGroup(this, 'PublishLogs', {
      retention: logs.RetentionDays.ONE_WEEK,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const put = (id: string, source: ReturnType<typeof Source.asset>, cacheControl: string, props = {}) =>
      new BucketDeployment(this, id, {
        sources: [source],
        destinationBucket: data.site as s3.IBucket,
        prune: false,
        logGroup,
        cacheControl: [CacheControl.fromString(cacheControl)],
        ...props,
      });
    const scripts = [
      put('Scripts', Source.asset(site.assets), SCRIPT_CACHE_CONTROL, { destinationKeyPrefix: 'assets/' }),
      put('Docs', Source.asset(site.docs), DOCS_CACHE_CONTROL, { destinationKeyPrefix: 'docs/assets/' }),
    ];
    const html = site.html(`https://${data.uploads.bucketRegionalDomainName}`, signIn);
    const page = put('Page', Source.data('index.html', html), HTML_CACHE_CONTROL, {
      contentType: 'text/html; charset=utf-8',
    });
    page.node.addDependency(...scripts);
  }
}

/**
 * What CloudFront keeps for ten seconds unless it is told not to: a file that was asked for too early would stay away after
 * it had come, and one person's error would be another's.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/HTTPStatusCodes.html
 */
const KEPT_ERRORS = [404, 405, 414, 500, 501, 502, 503, 504];

const PRICE_CLASSES = {
  '100': cloudfront.PriceClass.PRICE_CLASS_100,
  '200': cloudfront.PriceClass.PRICE_CLASS_200,
  All: cloudfront.PriceClass.PRICE_CLASS_ALL,
} as const;
