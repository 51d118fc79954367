import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { z } from 'zod';
import { functionLog, required } from '../../adapters/from-environment.ts';
import { signingKeyVersions } from '../../adapters/secretsmanager/signing-key.ts';
import { makeKeyPair, useKeyPair } from '../../ops/signing-key.ts';
import { type Answer, answer } from '../answer.ts';

const KeyPair = z.object({ Generation: z.string() });
const Signing = KeyPair.extend({ KeyPairId: z.string(), Address: z.url() });

const log = functionLog();
const versions = signingKeyVersions(new SecretsManagerClient({}), required('SIGNING_SECRET_ARN'));

/** CloudFormation's word in: a key pair is made, or used. Neither is undone: the secret goes with its own stack. */
export async function handler(event: CloudFormationCustomResourceEvent): Promise<void> {
  const outcome = event.RequestType === 'Delete' ? { Status: 'SUCCESS' as const } : await done(event);
  await answer(event, outcome, event.ResourceType);
}

async function done({ ResourceType, ResourceProperties }: CloudFormationCustomResourceEvent): Promise<Answer> {
  try {
    if (ResourceType === 'Custom::ReelightKeyPair') {
      const PublicKey = await makeKeyPair(versions, KeyPair.parse(ResourceProperties).Generation);
      return { Status: 'SUCCESS', Data: { PublicKey } };
    }
    const { Generation, KeyPairId, Address } = Signing.parse(ResourceProperties);
    await useKeyPair(versions, Generation, { key_pair_id: KeyPairId, address: Address });
    return { Status: 'SUCCESS' };
  } catch (error) {
    log.error('the signing key could not be set up', error);
    return { Status: 'FAILED', Reason: error instanceof Error ? error.message : String(error) };
  }
}
