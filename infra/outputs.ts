import { z } from 'zod';

/** What others need to know of a deployment: the stacks' outputs by their keys, all stacks' in one flat object. */
export const Outputs = z.object({
  /** Base address of the HTTP API, without a slash at its end. */
  ApiUrl: z.url(),
  /** Address of the WebSocket API's stage; clients add `?client_id=…`. */
  SocketUrl: z.url(),
  TableName: z.string(),
  UploadsBucket: z.string(),
  FilesBucket: z.string(),
  SiteBucket: z.string(),
  SourceQueueUrl: z.url(),
  SourceQueueArn: z.string(),
  MetadataFunctionName: z.string(),
  SweepFunctionName: z.string(),
  EnhancerRoleArn: z.string(),
  EdgeRoleArn: z.string(),
  BridgeRoleArn: z.string(),
  OperatorRoleArn: z.string(),
});
export type Outputs = z.infer<typeof Outputs>;
