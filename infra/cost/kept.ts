import type { AwsConfig } from '../config.ts';
import { BROKER_GB, HOURS, INSIGHT_METRICS } from './assumed.ts';
import { type Entry, entriesOf } from './entry.ts';

/**
 * What a deployment has by the month, whatever is done with it. A test counts the same in the templates.
 */
export function standingOf({
  network,
  firewall,
  insights,
  auth,
}: Pick<AwsConfig, 'network' | 'firewall' | 'insights' | 'auth'>) {
  return {
    /** Interface endpoints times zones. */
    endpoints: network === 'endpoints' ? 7 * 2 : 0,
    natGateways: network === 'nat' ? 2 : 0,
    firewalls: firewall ? 1 : 0,
    firewallRules: firewall ? 4 : 0,
    /** The broker's login, what the distribution shows, and what files are signed out with. */
    secrets: auth === 'none' ? 2 : 3,
    /** All is encrypted with keys of AWS's, which are free. */
    keys: 0,
    alarms: 15,
    dashboards: 1,
    /** Five that are counted every minute, and one that is made of logs. */
    metrics: 6 + (insights ? INSIGHT_METRICS : 0),
  };
}

/** What is paid by the hour or the month, whether or not there are videos: all but workers. */
export function kept(config: AwsConfig, brokerHour: number): Entry[] {
  const { brokerInstance, brokerNodes } = config;
  const has = standingOf(config);
  const [broker, network] = [entriesOf('Amazon MQ'), entriesOf('Network')];
  const [firewall, watch] = [entriesOf('WAF'), entriesOf('CloudWatch')];
  return [
    broker(`broker, ${brokerInstance}`, brokerNodes * HOURS, 'hour', brokerHour),
    broker('its disk', brokerNodes * BROKER_GB, 'GB-month', 'broker_storage_gib_month'),
    network('interface endpoints, two zones', has.endpoints * HOURS, 'hour', 'endpoint_hour'),
    network('NAT gateways', has.natGateways * HOURS, 'hour', 'nat_hour'),
    firewall('firewall', has.firewalls, 'month', 'firewall_month'),
    firewall('its rules', has.firewallRules, 'month', 'firewall_rule_month'),
    watch('alarms', has.alarms, 'month', 'alarm_month'),
    watch('metrics of our own, and of containers', has.metrics, 'month', 'metric_month'),
    watch('dashboard', has.dashboards, 'month', 'dashboard_month'),
    entriesOf('Secrets Manager')('secrets', has.secrets, 'month', 'secret_month'),
    entriesOf('KMS')('keys of our own', has.keys, 'month', 'key_month'),
  ];
}
