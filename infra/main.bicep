// One silo of OrleansMail on Azure Container Apps, its mail in a Blob container of its own storage account.
// What has been tried and what has not: README.md beside this file.

targetScope = 'resourceGroup'

@description('Prefix of all names.')
@minLength(3)
@maxLength(11)
param name string = 'orleansmail'

@description('Where everything is made.')
param location string = resourceGroup().location

@description('The image, in a registry that the container app may pull from.')
param image string

@description('Name in the greeting and trace lines: what the MX record points at.')
param hostName string

@description('The operator\'s API key, at least 16 characters.')
@secure()
@minLength(16)
param operatorKey string

@description('The port that senders connect to. Mail exchangers use 25.')
param smtpPort int = 25

// Listeners inside the container: above 1024, so that the process needs no privilege.
var smtpTargetPort = 2525
var httpTargetPort = 8025

// Storage Blob Data Contributor
var blobContributor = subscriptionResourceId('Microsoft.Authorization/roleDefinitions', 'ba92f5b4-2d11-453d-a403-e96b0029c9fe')

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: '${name}-identity'
  location: location
}

resource storage 'Microsoft.Storage/storageAccounts@2023-05-01' = {
  name: '${take(replace(toLower(name), '-', ''), 11)}${uniqueString(resourceGroup().id)}'
  location: location
  kind: 'StorageV2'
  // Zone-redundant: a 250 means durable, also when a data centre is gone.
  sku: { name: 'Standard_ZRS' }
  properties: {
    allowBlobPublicAccess: false
    allowSharedKeyAccess: false
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
  }
}

resource mayUseBlobs 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: storage
  name: guid(storage.id, identity.id, blobContributor)
  properties: {
    roleDefinitionId: blobContributor
    principalId: identity.properties.principalId
    principalType: 'ServicePrincipal'
  }
}

resource logs 'Microsoft.OperationalInsights/workspaces@2023-09-01' = {
  name: '${name}-logs'
  location: location
  properties: {
    sku: { name: 'PerGB2018' }
    retentionInDays: 30
  }
}

// External TCP ingress, which SMTP needs, exists only in an environment that is in a virtual network.
resource network 'Microsoft.Network/virtualNetworks@2024-01-01' = {
  name: '${name}-network'
  location: location
  properties: {
    addressSpace: { addressPrefixes: [ '10.64.0.0/16' ] }
    subnets: [
      {
        name: 'apps'
        properties: {
          addressPrefix: '10.64.0.0/23'
          delegations: [
            {
              name: 'environments'
              properties: { serviceName: 'Microsoft.App/environments' }
            }
          ]
        }
      }
    ]
  }
}

resource environment 'Microsoft.App/managedEnvironments@2024-03-01' = {
  name: '${name}-environment'
  location: location
  properties: {
    vnetConfiguration: { infrastructureSubnetId: network.properties.subnets[0].id }
    workloadProfiles: [ { name: 'Consumption', workloadProfileType: 'Consumption' } ]
    appLogsConfiguration: {
      destination: 'log-analytics'
      logAnalyticsConfiguration: {
        customerId: logs.properties.customerId
        sharedKey: logs.listKeys().primarySharedKey
      }
    }
  }
}

resource silo 'Microsoft.App/containerApps@2024-03-01' = {
  name: name
  location: location
  dependsOn: [ mayUseBlobs ]
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identity.id}': {} }
  }
  properties: {
    environmentId: environment.id
    workloadProfileName: 'Consumption'
    configuration: {
      activeRevisionsMode: 'Single'
      secrets: [ { name: 'operator-key', value: operatorKey } ]
      ingress: {
        external: true
        transport: 'http'
        targetPort: httpTargetPort
        additionalPortMappings: [ { external: true, targetPort: smtpTargetPort, exposedPort: smtpPort } ]
      }
    }
    template: {
      // The server drains within 25 s.
      terminationGracePeriodSeconds: 30
      // One silo: without a cluster a second replica would only fence the first one off.
      scale: { minReplicas: 1, maxReplicas: 1 }
      containers: [
        {
          name: 'server'
          image: image
          args: [
            '--smtp'
            '0.0.0.0:${smtpTargetPort}'
            '--http'
            'http://0.0.0.0:${httpTargetPort}'
            '--storage'
            storage.properties.primaryEndpoints.blob
            '--hostname'
            hostName
          ]
          env: [
            { name: 'OrleansMail__OperatorKey', secretRef: 'operator-key' }
            { name: 'AZURE_CLIENT_ID', value: identity.properties.clientId }
          ]
          resources: { cpu: json('1.0'), memory: '2Gi' }
          probes: [
            { type: 'Liveness', httpGet: { port: httpTargetPort, path: '/health/live' } }
            { type: 'Readiness', httpGet: { port: httpTargetPort, path: '/health/ready' } }
          ]
        }
      ]
    }
  }
}

output smtpHost string = silo.properties.configuration.ingress.fqdn
output apiUrl string = 'https://${silo.properties.configuration.ingress.fqdn}'
output storageAccount string = storage.name
